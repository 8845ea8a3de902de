"""How dates, times and numbers are written in each language; see FORMAT_MODULE_PATH."""
