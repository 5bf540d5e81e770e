"""What a leader asks of a whole run: where the total comes from, what moves it, and how much of it rests on what nobody knows."""
