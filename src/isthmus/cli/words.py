"""What commands say when options do not go together."""


class InputProblem(Exception):
    """Options that do not go together. The message says what to do."""
