/** Text as it was typed. Links are plain words with an address that opens elsewhere; nothing else is read into it. */
export function PlainText({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p className="note-body">
      {text.split(LINK).map((piece, index) =>
        index % 2 === 1 ? (
          <a key={index} href={piece} target="_blank" rel="noopener noreferrer">
            {piece}
          </a>
        ) : (
          piece
        ),
      )}
    </p>
  );
}

const LINK = /(\bhttps:\/\/[^\s<>"'()]{3,300})/;
