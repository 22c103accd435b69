"""What a build creates besides copying files: the front end and the models."""
