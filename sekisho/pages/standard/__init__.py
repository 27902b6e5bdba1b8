"""The verdict on the processing standard, for people: a page of HTML and a sheet of paper."""
