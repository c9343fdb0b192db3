"""What an exchange saved in paper, copies, post and hours, by stated assumptions.

`assumptions` reads their file, `counts` a hub's figures, `calculation` multiplies them, `savings_table`
shows the outcome. docs/neighbours/savings.md.
"""
