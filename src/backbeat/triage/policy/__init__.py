"""What a force may change of the policy: out to a spreadsheet and back, compared, tried, drafted and signed."""
