"""Training of the shipped tagger of names: `scripts/train_ner`."""
