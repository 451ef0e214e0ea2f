"""`python -m deploy.demo`: load the demonstration office once, and print its logins."""

from app import create_app
from deploy.demo.load import load
from deploy.demo.people import logins


def main():
    """Load the demonstration office and print what was made."""
    made = load(create_app())
    if made:
        print("Oficina de demostración: " + ", ".join(
            f"{count:,} {word}" for word, count in made.items()), flush=True)
    width = max(len(row[1]) for row in logins())
    print("Entre con uno de estos correos:")
    for name, office, email, password in logins():
        print(f"  {office:<{width}}  {email:<42} {password}   {name}")


if __name__ == "__main__":
    main()
