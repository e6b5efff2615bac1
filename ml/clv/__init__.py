"""Buy-till-you-die models of orders and a model of spend: pure functions of counts and times.

`bg_nbd`, `mbg_nbd` and `pareto_nbd` say how many orders a customer will place and whether there is
a customer still, `gamma_gamma` what an order is worth. All are fitted by maximum likelihood with
analytic gradients on the rows of `sufficient_statistics`, so equal histories are counted once.
"""
