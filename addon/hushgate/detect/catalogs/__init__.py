"""Data catalogs: other tools' exports to one file of columns, which the gate reads."""
