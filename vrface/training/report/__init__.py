"""The report: how a model stands against its rivals and ceilings, measured, as a page with plots.

`jobs` says what is measured, `workers` gets it done, `findings` reads it back; `page` writes it,
with `tables`, `verdict`, `figures` and `stretches`.
"""
