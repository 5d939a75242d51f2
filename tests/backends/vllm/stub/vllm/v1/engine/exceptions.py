class EngineDeadError(Exception):
    """The engine's own process is gone."""
