"""Reading files: each module takes one kind of file apart; `found` keeps what they find, within bounds."""
