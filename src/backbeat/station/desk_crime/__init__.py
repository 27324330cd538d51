"""The crime desk in the station: enter a report, answer what the rules ask, record the decision, rule, audit."""
