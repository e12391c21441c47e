#!/usr/bin/env bash
# Fails where a template under the folder holds a script, a style or a handler: the content security policy refuses
# them, so a browser would drop them silently.
set -uo pipefail
! grep -rnPi --include='*.html' --include='*.svg' \
  '\sstyle\s*=|<style|\son[a-z]+\s*=\s*["'\'']|javascript:|<script(?![^>]*\ssrc=)' "${1:-src}"
