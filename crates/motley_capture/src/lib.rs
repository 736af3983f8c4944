//! Bevy: the headless loop, the read-back of frames with their labels, and the frame channel.
