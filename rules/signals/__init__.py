"""What rules look at in a message: numbers, addresses, links, handles, hours, purpose."""
