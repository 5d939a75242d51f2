"""The card language: strict YAML, schema, inheritance, hashes."""
