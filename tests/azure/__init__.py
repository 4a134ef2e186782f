"""The edge to Azure: what answers mean, what failures become. Real clients over real HTTP."""
