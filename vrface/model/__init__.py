"""From features to the law of each hidden weight: features, law, model step, checkpoints."""
