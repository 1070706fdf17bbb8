"""The rivals: what a model is measured against, each a law of the same family.

`field` has all of them, in order, and `fit` makes them from training logs. A rival's draft of a
case becomes its law by its `correction`; which that is, whom a `pool` believes and who is `best`
is chosen by `judging` on `trials`, whose wearers the drafts were not fitted on.
"""
