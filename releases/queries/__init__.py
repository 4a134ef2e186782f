"""The read side: what pages, API and exports show, with fixed query counts."""
