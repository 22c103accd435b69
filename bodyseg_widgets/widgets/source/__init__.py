"""Where frames come from: the webcam control, playback, uploads and the timeline."""
