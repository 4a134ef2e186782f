"""Who may do what, when: check_*(...) raises Denied with a sentence. Pure reads."""
