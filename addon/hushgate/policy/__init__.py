"""Policy: rules from YAML, and one pure decision."""
