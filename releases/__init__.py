"""The domain: sync, gates, durable actions, trail and reviews. Knows nothing of the pages (`dashboard`)."""
