"""The report: how a model stands against its rivals and ceilings, measured, as a page with plots.

`jobs` says what is measured and `key` under what it is kept, `workers` gets it done, `findings`
reads it back as `evaluation`s; `page` writes it, with `tables`, `sights`, `aims`, `verdict`,
`reading` and `plots`.
"""
