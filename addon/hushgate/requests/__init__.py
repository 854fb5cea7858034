"""A request on its way: read from the wire, and put back as it goes out, signed where it must be."""
