"""Every line that protects, and the proof that a test notices when it is gone: `make guards`."""
