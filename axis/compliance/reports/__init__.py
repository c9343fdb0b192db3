"""Reports: statistics as tables that people read, print, file and open in spreadsheets."""
