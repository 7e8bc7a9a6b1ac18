package decision

import "testing"

func TestUserIs(t *testing.T) {
	t.Parallel()
	u := User{ID: "ada", Aliases: []string{"odoo:7", ""}}
	for actor, want := range map[string]bool{"ada": true, "user:ada": true, "odoo:7": true, "odoo:77": false, "": false, "user:": false, "Ada": false} {
		if u.Is(actor) != want {
			t.Errorf("Is(%q) = %v", actor, !want)
		}
	}
	if (User{}).Is("") {
		t.Error("nobody is somebody")
	}
}

func TestAPIKeyMay(t *testing.T) {
	t.Parallel()
	all := APIKey{Rights: []Right{RightDecide}}
	orders := APIKey{Rights: []Right{RightDecide, RightRead}, Kinds: []string{"order"}}
	disabled := APIKey{Rights: Rights, Disabled: true}
	tests := []struct {
		key   APIKey
		right Right
		kind  string
		want  bool
	}{
		{all, RightDecide, "refund", true}, {all, RightDecide, "", true}, {all, RightRead, "", false}, {orders, RightDecide, "order", true},
		{orders, RightDecide, "refund", false}, {orders, RightRead, "", true}, {disabled, RightDecide, "", false}, {APIKey{}, RightDecide, "", false}, {APIKey{}, "", "", false},
	}
	for _, test := range tests {
		if test.key.May(test.right, test.kind) != test.want {
			t.Errorf("%+v may %s %q: %v", test.key, test.right, test.kind, !test.want)
		}
	}
}
