"""The Django project and the browser pages; knows the domain, the domain never knows it."""
