"""A language model as a web page that runs it in the browser, offline."""
