"""What a build makes besides copying files: the front end and the models."""
