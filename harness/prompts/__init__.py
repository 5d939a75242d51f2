"""From samples to requests: templates, shots, formulations."""
