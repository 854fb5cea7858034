"""Tables inside texts: which name stands over, or before, which values."""
