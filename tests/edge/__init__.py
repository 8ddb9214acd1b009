"""The input edge: every route is asked things that no honest browser or program would ask."""
