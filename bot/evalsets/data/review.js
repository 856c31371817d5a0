"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const store = `recount-review-${data.digest}`;
  const by = (id) => document.getElementById(id);
  const state = load();
  let at = 0;

  function load() {
    const empty = Object.create(null); // ids are any words: one may be called as something every object has
    try { return Object.assign(empty, JSON.parse(localStorage.getItem(store))); } catch { return empty; }
  }

  function keep() {
    try { localStorage.setItem(store, JSON.stringify(state)); } catch { /* a page opened from a file may have no store */ }
  }

  const item = () => data.items[at];
  const own = () => (state[item().id] ||= { decision: "", label: "", note: "", corrected: "" });
  const decided = () => data.items.filter((each) => state[each.id]?.decision).length;

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function show() {
    by("item").textContent = `${at + 1} of ${data.items.length}: ${item().id}`;
    by("facts").replaceChildren(...Object.entries(item().facts).filter(([, value]) => value).map(([name, value]) => {
      const pair = element("div");
      pair.append(element("dt", name), element("dd", String(value)));
      return pair;
    }));
    by("texts").replaceChildren(...item().texts.map(told));
    by("key").replaceChildren(by("key").querySelector("summary"), ...item().key.map(told));
    by("key").open = Boolean(own().label);
    showLabels();
    for (const radio of document.querySelectorAll('input[name="decision"]')) radio.checked = radio.value === own().decision;
    by("note").value = own().note;
    by("corrected").value = own().corrected || item().statement;
    tell();
  }

  function told([name, text]) {
    const part = element("div", undefined, "text");
    part.append(element("h3", name), element("p", text));
    return part;
  }

  function showLabels() {
    const legend = by("labels").querySelector("legend");
    by("labels").replaceChildren(legend, ...item().labels.map((label, place) => {
      const line = element("label");
      const radio = element("input");
      Object.assign(radio, { type: "radio", name: "label", value: label, checked: own().label === label });
      radio.addEventListener("change", () => { own().label = label; keep(); });
      line.append(radio, ` ${label} `, element("kbd", String(place + 1)));
      return line;
    }));
  }

  function tell(word) {
    by("progress").textContent = `${decided()} of ${data.items.length} decided${word ? `; ${word}` : ""}`;
  }

  function decide(decision) {
    own().decision = decision;
    for (const radio of document.querySelectorAll('input[name="decision"]')) radio.checked = radio.value === decision;
    keep();
    tell(decision);
  }

  function label(place) {
    if (place >= item().labels.length) return;
    own().label = item().labels[place];
    showLabels();
    keep();
  }

  function go(to) {
    at = Math.min(Math.max(to, 0), data.items.length - 1);
    show();
  }

  function goOpen() {
    const order = data.items.map((_, place) => (at + 1 + place) % data.items.length);
    const open = order.find((place) => !state[data.items[place].id]?.decision);
    if (open === undefined) tell("all are decided"); else go(open);
  }

  function decisions() {
    return data.items.filter((each) => state[each.id]?.decision).map((each) => {
      const made = state[each.id];
      const changed = made.decision === "fix" && made.corrected && made.corrected !== each.statement;
      return {
        item: each.id, decision: made.decision, label: made.label, note: made.note,
        corrected: changed ? { user_statement: made.corrected } : {},
      };
    });
  }

  function save() {
    const file = {
      format: "recount-decisions", set: data.set, digest: data.digest,
      reviewer: by("reviewer").value.trim() || "reviewer", decisions: decisions(),
    };
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    tell(`saved ${file.decisions.length} decisions`);
  }

  const keys = {
    k: () => decide("keep"), f: () => { decide("fix"); by("corrected").focus(); }, d: () => decide("drop"),
    n: () => go(at + 1), p: () => go(at - 1), o: goOpen, s: save, t: () => by("note").focus(),
    c: () => { by("key").open = !by("key").open; },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches('textarea, input[type="text"]');
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key] || (/^[1-9]$/.test(event.key) ? () => label(Number(event.key) - 1) : null);
    if (action) { event.preventDefault(); action(); }
  });
  for (const radio of document.querySelectorAll('input[name="decision"]')) radio.addEventListener("change", () => decide(radio.value));
  by("note").addEventListener("input", () => { own().note = by("note").value; keep(); });
  by("corrected").addEventListener("input", () => { own().corrected = by("corrected").value; keep(); });
  by("reviewer").addEventListener("input", () => {
    try { localStorage.setItem("recount-reviewer", by("reviewer").value); } catch { /* as above */ }
  });
  try { by("reviewer").value = localStorage.getItem("recount-reviewer") || "reviewer"; } catch { /* as above */ }
  by("form").addEventListener("submit", (event) => event.preventDefault());
  by("previous").addEventListener("click", () => go(at - 1));
  by("next").addEventListener("click", () => go(at + 1));
  by("open").addEventListener("click", goOpen);
  by("save").addEventListener("click", save);
  by("title").textContent = `Review of ${data.set}`;
  document.title = `Review of ${data.set}`;
  show();
})();
