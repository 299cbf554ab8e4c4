"""Mark what learners hand in."""
