"""The dashboard: marts and predictions for people who do not write SQL. Streamlit and Plotly."""
