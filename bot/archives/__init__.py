"""Bytes on disk to records: one file per format, and a catalogue that tells which one a folder holds."""
