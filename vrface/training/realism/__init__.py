"""How true the simulated wearer is: behaviour beside real takes, sensors beside publications."""
