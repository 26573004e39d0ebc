"""What was handed in, read: text, LaTeX letters, numbers and names become quantities that can be judged."""
