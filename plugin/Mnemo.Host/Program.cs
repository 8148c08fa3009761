Console.WriteLine("mnemo");
