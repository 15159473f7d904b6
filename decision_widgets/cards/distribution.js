// The HTML says it all; nothing is added.
