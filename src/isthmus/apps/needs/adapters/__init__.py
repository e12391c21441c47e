"""Spreadsheets to rows, rows to statements in their order of time, and schools to the estimate of competition."""
