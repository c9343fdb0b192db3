"""Reports: what the statistics say, as tables that people read, print, file and open in spreadsheets."""
