// Command tlog-vectors speaks for Go's golang.org/x/mod/sumdb/{note,tlog}, an implementation of the same formats that is not ours.
//
//	go run . record > ../go.json    writes down what Go makes of fixed leaves, keys and texts
//	go run . check <directory>      checks what Whodid wrote there: note, tiles, proofs
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "record":
		err = record()
	case len(os.Args) == 3 && os.Args[1] == "check":
		err = check(os.Args[2])
	default:
		err = errors.New("usage: record | check <directory>")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type recording struct {
	Roots        []string      `json:"roots"` // of 0, 1, 2 … leaves
	Inclusions   []inclusion   `json:"inclusions"`
	Consistency  []consistency `json:"consistency"`
	Large        large         `json:"large"`
	Notes        []signedNote  `json:"notes"`
	Cosignatures []cosignature `json:"cosignatures"`
}

type inclusion struct {
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Proof []string `json:"proof"`
}

type consistency struct {
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	Proof []string `json:"proof"`
}

type large struct {
	Size        int64             `json:"size"`
	Root        string            `json:"root"`
	Tiles       map[string]string `json:"tiles"` // path → SHA-256 of its bytes
	Inclusions  []inclusion       `json:"inclusions"`
	Consistency []consistency     `json:"consistency"`
}

type signedNote struct {
	Name string `json:"name"`
	Seed string `json:"seed"`
	Skey string `json:"skey"`
	Vkey string `json:"vkey"`
	Text string `json:"text"`
	Note string `json:"note"`
}

type cosignature struct {
	Name string `json:"name"`
	Seed string `json:"seed"`
	Vkey string `json:"vkey"`
	Time uint64 `json:"time"`
	Text string `json:"text"`
	Line string `json:"line"`
}

type memory []tlog.Hash

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = (*m)[index]
	}
	return hashes, nil
}

func leaf(index int64) []byte { return []byte(fmt.Sprintf("leaf %d", index)) }

func grow(m *memory, from, to int64) error {
	for index := from; index < to; index++ {
		hashes, err := tlog.StoredHashes(index, leaf(index), m)
		if err != nil {
			return err
		}
		*m = append(*m, hashes...)
	}
	return nil
}

func record() error {
	var r recording
	m := &memory{}
	const small = 40
	for size := int64(0); size <= small; size++ {
		if size > 0 {
			if err := grow(m, size-1, size); err != nil {
				return err
			}
		}
		root, err := tlog.TreeHash(size, m)
		if err != nil {
			return err
		}
		r.Roots = append(r.Roots, hex.EncodeToString(root[:]))
	}
	for _, size := range []int64{1, 2, 3, 7, 8, 13, 40} {
		for index := int64(0); index < size; index++ {
			if err := prove(&r.Inclusions, m, index, size); err != nil {
				return err
			}
		}
		for from := int64(1); from <= size; from++ {
			if err := proveTree(&r.Consistency, m, from, size); err != nil {
				return err
			}
		}
	}
	if err := recordLarge(&r.Large, m, small, 70_000); err != nil {
		return err
	}
	if err := recordNotes(&r); err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(r)
}

func recordLarge(l *large, m *memory, from, size int64) error {
	if err := grow(m, from, size); err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, m)
	if err != nil {
		return err
	}
	l.Size, l.Root, l.Tiles = size, hex.EncodeToString(root[:]), map[string]string{}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		// All of the upper levels, and of the lowest the first, the last full and the partial one.
		if tile.L == 0 && tile.N != 0 && tile.N < 272 {
			continue
		}
		data, err := tlog.ReadTileData(tile, m)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		l.Tiles[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = hex.EncodeToString(sum[:])
	}
	for _, index := range []int64{0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999} {
		if err := prove(&l.Inclusions, m, index, size); err != nil {
			return err
		}
	}
	for _, from := range []int64{1, 255, 256, 257, 65_535, 65_536, 65_537, 69_888, 69_999} {
		if err := proveTree(&l.Consistency, m, from, size); err != nil {
			return err
		}
	}
	return nil
}

func prove(list *[]inclusion, m *memory, index, size int64) error {
	proof, err := tlog.ProveRecord(size, index, m)
	if err != nil {
		return err
	}
	*list = append(*list, inclusion{index, size, hexes(proof)})
	return nil
}

func proveTree(list *[]consistency, m *memory, from, to int64) error {
	proof, err := tlog.ProveTree(to, from, m)
	if err != nil {
		return err
	}
	*list = append(*list, consistency{from, to, hexes(proof)})
	return nil
}

func hexes(hashes []tlog.Hash) []string {
	texts := []string{}
	for _, hash := range hashes {
		texts = append(texts, hex.EncodeToString(hash[:]))
	}
	return texts
}

func recordNotes(r *recording) error {
	texts := []string{
		"example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		"A text.\n\nWith an empty line, and ünïcode.\n",
	}
	for i, name := range []string{"example.com/log", "PeterNeumann", "größe.example/λ"} {
		seed := bytes.Repeat([]byte{byte(i + 1)}, 32)
		skey, vkey, err := note.GenerateKey(bytes.NewReader(seed), name)
		if err != nil {
			return err
		}
		signer, err := note.NewSigner(skey)
		if err != nil {
			return err
		}
		for _, text := range texts {
			signed, err := note.Sign(&note.Note{Text: text}, signer)
			if err != nil {
				return err
			}
			r.Notes = append(r.Notes, signedNote{name, hex.EncodeToString(seed), skey, vkey, text, string(signed)})
		}
	}
	// The package knows no cosignatures; this follows c2sp.org/tlog-cosignature with Go's own Ed25519.
	seed := bytes.Repeat([]byte{9}, 32)
	c := cosignature{Name: "witness.example/w1", Seed: hex.EncodeToString(seed), Time: 1_679_315_147, Text: texts[0]}
	key := ed25519.NewKeyFromSeed(seed)
	public := key.Public().(ed25519.PublicKey)
	id := cosignerID(c.Name, public)
	c.Vkey = fmt.Sprintf("%s+%08x+%s", c.Name, id, base64.StdEncoding.EncodeToString(append([]byte{4}, public...)))
	raw := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, id), c.Time)
	raw = append(raw, ed25519.Sign(key, cosigned(c.Time, c.Text))...)
	c.Line = fmt.Sprintf("— %s %s\n", c.Name, base64.StdEncoding.EncodeToString(raw))
	r.Cosignatures = append(r.Cosignatures, c)
	return nil
}

func cosignerID(name string, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x04"), public...))
	return binary.BigEndian.Uint32(sum[:])
}

func cosigned(time uint64, text string) []byte {
	return []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text))
}

// cosigner is a note.Verifier for c2sp.org/tlog-cosignature, type 0x04.
type cosigner struct {
	name   string
	public ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return cosignerID(c.name, c.public) }
func (c cosigner) Verify(msg, sig []byte) bool {
	return len(sig) == 8+ed25519.SignatureSize &&
		ed25519.Verify(c.public, cosigned(binary.BigEndian.Uint64(sig), string(msg)), sig[8:])
}

func newCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed witness vkey")
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 33 || material[0] != 4 {
		return nil, errors.New("malformed witness vkey")
	}
	c := cosigner{parts[0], material[1:]}
	if fmt.Sprintf("%08x", c.KeyHash()) != parts[1] {
		return nil, errors.New("witness vkey: wrong ID")
	}
	return c, nil
}

// files reads tiles as C2SP has them, without the height in the path.
type files struct{ directory string }

func (f files) Height() int                              { return 8 }
func (f files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.directory, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// check reads from the directory: vkey, checkpoint, optionally witness (a vkey); leaf.json and old.json with proofs; tile/…
func check(directory string) error {
	read := func(name string) []byte {
		data, _ := os.ReadFile(filepath.Join(directory, name))
		return data
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read("vkey"))))
	if err != nil {
		return err
	}
	verifiers := []note.Verifier{verifier}
	if witness := read("witness"); len(witness) > 0 {
		w, err := newCosigner(string(witness))
		if err != nil {
			return err
		}
		verifiers = append(verifiers, w)
	}
	opened, err := note.Open(read("checkpoint"), note.VerifierList(verifiers...))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if len(opened.Sigs) != len(verifiers) {
		return fmt.Errorf("checkpoint: %d of %d signatures", len(opened.Sigs), len(verifiers))
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	var leafProof struct {
		Index int64    `json:"index"`
		Leaf  []byte   `json:"leaf"`
		Proof [][]byte `json:"proof"`
	}
	if err := json.Unmarshal(read("leaf.json"), &leafProof); err != nil {
		return fmt.Errorf("leaf.json: %w", err)
	}
	hash := tlog.RecordHash(leafProof.Leaf)
	if err := tlog.CheckRecord(hashesOf(leafProof.Proof), size, root, leafProof.Index, hash); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	var old struct {
		Size  int64    `json:"size"`
		Root  []byte   `json:"root"`
		Proof [][]byte `json:"proof"`
	}
	if err := json.Unmarshal(read("old.json"), &old); err != nil {
		return fmt.Errorf("old.json: %w", err)
	}
	oldRoot := tlog.Hash(old.Root)
	if err := tlog.CheckTree(hashesOf(old.Proof), size, root, old.Size, oldRoot); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, files{directory})
	proof, err := tlog.ProveRecord(size, leafProof.Index, reader)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if err := tlog.CheckRecord(proof, size, root, leafProof.Index, hash); err != nil {
		return fmt.Errorf("proof from tiles: %w", err)
	}
	fmt.Printf("ok: %d signatures, %d leaves\n", len(opened.Sigs), size)
	return nil
}

func hashesOf(raw [][]byte) []tlog.Hash {
	hashes := []tlog.Hash{}
	for _, bytes := range raw {
		hashes = append(hashes, tlog.Hash(bytes))
	}
	return hashes
}
