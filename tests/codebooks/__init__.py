"""A second codebook, of another domain: nothing in the program knows the 17 barriers."""
