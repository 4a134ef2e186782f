"""The pages, asked through the test client: what they say, whom they refuse, how many queries they take."""
