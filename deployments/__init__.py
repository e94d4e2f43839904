"""How it runs: the environment, and every night on a laptop, a server or in containers."""
