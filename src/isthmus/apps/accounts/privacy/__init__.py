"""Privacy for whoever answers for it: who the controller is, how long data is kept, disposal, and the documents."""
