"""Tests of the domain: policies, queries, actions."""
