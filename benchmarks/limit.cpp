// The limit: the same fields as bot/archives/sweep.py takes, by simdjson On-Demand, one thread.
#include "simdjson.h"
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <fcntl.h>
#include <unistd.h>
using namespace simdjson;
namespace fs = std::filesystem;

struct Row { double score = 0, c = 0, t = 0, b = 0, j = 0; int64_t total = 0; bool enabled = false; size_t messages = 0; bool text = false; };

static double number(ondemand::value part) { double x = 0; if (!part["score"].get(x)) return x; return 0; }

static void completion(ondemand::object part, Row &row) {
  for (auto field : part) {
    std::string_view key = field.unescaped_key();
    if (key == "score") row.c = double(field.value());
    else if (key == "total_assertions") row.total = int64_t(field.value());
  }
}

static void judge(ondemand::object part, Row &row) {
  for (auto field : part) {
    std::string_view key = field.unescaped_key();
    if (key == "score") { double x; if (!field.value().get(x)) row.j = x; }
    else if (key == "enabled") row.enabled = bool(field.value());
  }
}

static void transcript(ondemand::object part, Row &row) {
  for (auto message : part["messages"].get_array()) {
    row.messages++;
    std::string_view role, text;
    ondemand::object fields = message.get_object();
    if (fields["role"].get(role)) continue;
    bool assistant = role == "assistant";
    if (!assistant || row.text) continue;
    if (!fields["text"].get(text) && !text.empty()) row.text = true;
  }
}

static Row read(ondemand::parser &parser, const padded_string &bytes) {
  Row row;
  ondemand::document document = parser.iterate(bytes);
  for (auto field : document.get_object()) {
    std::string_view key = field.unescaped_key();
    if (key == "run_score") row.score = double(field.value());
    else if (key == "completion_result") completion(field.value().get_object(), row);
    else if (key == "trajectory_result") row.t = number(field.value());
    else if (key == "behavior_result") row.b = number(field.value());
    else if (key == "judge_result") judge(field.value().get_object(), row);
    else if (key == "transcript") transcript(field.value().get_object(), row);
  }
  return row;
}

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  ondemand::parser parser;
  double sum = 0; size_t n = 0, messages = 0, texts = 0, bad = 0, bytes = 0;
  for (auto &entry : fs::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    padded_string content;
    if (padded_string::load(entry.path().string()).get(content)) { bad++; continue; }
    bytes += content.size();
    try { Row row = read(parser, content); n++; sum += row.score; messages += row.messages; texts += row.text; }
    catch (const simdjson_error &) { bad++; }
  }
  std::printf("{\"runs\": %zu, \"unreadable\": %zu, \"bytes\": %zu, \"score_sum\": %.6f, \"messages\": %zu, \"texts\": %zu}\n", n, bad, bytes, sum, messages, texts);
}
